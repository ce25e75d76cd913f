# Ten resources.
class differential::hundred::c054 {
  notify { 'c054 1':
    message => "1 of class c054 on ${facts['networking']['hostname']}",
  }
  notify { 'c054 2':
    message => "2 of class c054 on ${facts['networking']['hostname']}",
  }
  notify { 'c054 3':
    message => "3 of class c054 on ${facts['networking']['hostname']}",
  }
  notify { 'c054 4':
    message => "4 of class c054 on ${facts['networking']['hostname']}",
  }
  notify { 'c054 5':
    message => "5 of class c054 on ${facts['networking']['hostname']}",
  }
  notify { 'c054 6':
    message => "6 of class c054 on ${facts['networking']['hostname']}",
  }
  notify { 'c054 7':
    message => "7 of class c054 on ${facts['networking']['hostname']}",
  }
  notify { 'c054 8':
    message => "8 of class c054 on ${facts['networking']['hostname']}",
  }
  notify { 'c054 9':
    message => "9 of class c054 on ${facts['networking']['hostname']}",
  }
  notify { 'c054 10':
    message => "10 of class c054 on ${facts['networking']['hostname']}",
  }
}
