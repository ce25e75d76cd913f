# Ten resources.
class differential::hundred::c031 {
  notify { 'c031 1':
    message => "1 of class c031 on ${facts['networking']['hostname']}",
  }
  notify { 'c031 2':
    message => "2 of class c031 on ${facts['networking']['hostname']}",
  }
  notify { 'c031 3':
    message => "3 of class c031 on ${facts['networking']['hostname']}",
  }
  notify { 'c031 4':
    message => "4 of class c031 on ${facts['networking']['hostname']}",
  }
  notify { 'c031 5':
    message => "5 of class c031 on ${facts['networking']['hostname']}",
  }
  notify { 'c031 6':
    message => "6 of class c031 on ${facts['networking']['hostname']}",
  }
  notify { 'c031 7':
    message => "7 of class c031 on ${facts['networking']['hostname']}",
  }
  notify { 'c031 8':
    message => "8 of class c031 on ${facts['networking']['hostname']}",
  }
  notify { 'c031 9':
    message => "9 of class c031 on ${facts['networking']['hostname']}",
  }
  notify { 'c031 10':
    message => "10 of class c031 on ${facts['networking']['hostname']}",
  }
}
