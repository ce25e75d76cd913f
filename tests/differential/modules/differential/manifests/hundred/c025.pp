# Ten resources.
class differential::hundred::c025 {
  notify { 'c025 1':
    message => "1 of class c025 on ${facts['networking']['hostname']}",
  }
  notify { 'c025 2':
    message => "2 of class c025 on ${facts['networking']['hostname']}",
  }
  notify { 'c025 3':
    message => "3 of class c025 on ${facts['networking']['hostname']}",
  }
  notify { 'c025 4':
    message => "4 of class c025 on ${facts['networking']['hostname']}",
  }
  notify { 'c025 5':
    message => "5 of class c025 on ${facts['networking']['hostname']}",
  }
  notify { 'c025 6':
    message => "6 of class c025 on ${facts['networking']['hostname']}",
  }
  notify { 'c025 7':
    message => "7 of class c025 on ${facts['networking']['hostname']}",
  }
  notify { 'c025 8':
    message => "8 of class c025 on ${facts['networking']['hostname']}",
  }
  notify { 'c025 9':
    message => "9 of class c025 on ${facts['networking']['hostname']}",
  }
  notify { 'c025 10':
    message => "10 of class c025 on ${facts['networking']['hostname']}",
  }
}
