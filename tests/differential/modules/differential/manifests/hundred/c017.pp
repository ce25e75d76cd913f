# Ten resources.
class differential::hundred::c017 {
  notify { 'c017 1':
    message => "1 of class c017 on ${facts['networking']['hostname']}",
  }
  notify { 'c017 2':
    message => "2 of class c017 on ${facts['networking']['hostname']}",
  }
  notify { 'c017 3':
    message => "3 of class c017 on ${facts['networking']['hostname']}",
  }
  notify { 'c017 4':
    message => "4 of class c017 on ${facts['networking']['hostname']}",
  }
  notify { 'c017 5':
    message => "5 of class c017 on ${facts['networking']['hostname']}",
  }
  notify { 'c017 6':
    message => "6 of class c017 on ${facts['networking']['hostname']}",
  }
  notify { 'c017 7':
    message => "7 of class c017 on ${facts['networking']['hostname']}",
  }
  notify { 'c017 8':
    message => "8 of class c017 on ${facts['networking']['hostname']}",
  }
  notify { 'c017 9':
    message => "9 of class c017 on ${facts['networking']['hostname']}",
  }
  notify { 'c017 10':
    message => "10 of class c017 on ${facts['networking']['hostname']}",
  }
}
