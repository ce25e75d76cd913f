# Ten resources.
class differential::hundred::c015 {
  notify { 'c015 1':
    message => "1 of class c015 on ${facts['networking']['hostname']}",
  }
  notify { 'c015 2':
    message => "2 of class c015 on ${facts['networking']['hostname']}",
  }
  notify { 'c015 3':
    message => "3 of class c015 on ${facts['networking']['hostname']}",
  }
  notify { 'c015 4':
    message => "4 of class c015 on ${facts['networking']['hostname']}",
  }
  notify { 'c015 5':
    message => "5 of class c015 on ${facts['networking']['hostname']}",
  }
  notify { 'c015 6':
    message => "6 of class c015 on ${facts['networking']['hostname']}",
  }
  notify { 'c015 7':
    message => "7 of class c015 on ${facts['networking']['hostname']}",
  }
  notify { 'c015 8':
    message => "8 of class c015 on ${facts['networking']['hostname']}",
  }
  notify { 'c015 9':
    message => "9 of class c015 on ${facts['networking']['hostname']}",
  }
  notify { 'c015 10':
    message => "10 of class c015 on ${facts['networking']['hostname']}",
  }
}
