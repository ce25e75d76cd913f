# Ten resources.
class differential::hundred::c026 {
  notify { 'c026 1':
    message => "1 of class c026 on ${facts['networking']['hostname']}",
  }
  notify { 'c026 2':
    message => "2 of class c026 on ${facts['networking']['hostname']}",
  }
  notify { 'c026 3':
    message => "3 of class c026 on ${facts['networking']['hostname']}",
  }
  notify { 'c026 4':
    message => "4 of class c026 on ${facts['networking']['hostname']}",
  }
  notify { 'c026 5':
    message => "5 of class c026 on ${facts['networking']['hostname']}",
  }
  notify { 'c026 6':
    message => "6 of class c026 on ${facts['networking']['hostname']}",
  }
  notify { 'c026 7':
    message => "7 of class c026 on ${facts['networking']['hostname']}",
  }
  notify { 'c026 8':
    message => "8 of class c026 on ${facts['networking']['hostname']}",
  }
  notify { 'c026 9':
    message => "9 of class c026 on ${facts['networking']['hostname']}",
  }
  notify { 'c026 10':
    message => "10 of class c026 on ${facts['networking']['hostname']}",
  }
}
