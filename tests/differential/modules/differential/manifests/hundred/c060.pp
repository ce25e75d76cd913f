# Ten resources.
class differential::hundred::c060 {
  notify { 'c060 1':
    message => "1 of class c060 on ${facts['networking']['hostname']}",
  }
  notify { 'c060 2':
    message => "2 of class c060 on ${facts['networking']['hostname']}",
  }
  notify { 'c060 3':
    message => "3 of class c060 on ${facts['networking']['hostname']}",
  }
  notify { 'c060 4':
    message => "4 of class c060 on ${facts['networking']['hostname']}",
  }
  notify { 'c060 5':
    message => "5 of class c060 on ${facts['networking']['hostname']}",
  }
  notify { 'c060 6':
    message => "6 of class c060 on ${facts['networking']['hostname']}",
  }
  notify { 'c060 7':
    message => "7 of class c060 on ${facts['networking']['hostname']}",
  }
  notify { 'c060 8':
    message => "8 of class c060 on ${facts['networking']['hostname']}",
  }
  notify { 'c060 9':
    message => "9 of class c060 on ${facts['networking']['hostname']}",
  }
  notify { 'c060 10':
    message => "10 of class c060 on ${facts['networking']['hostname']}",
  }
}
