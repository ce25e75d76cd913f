# Ten resources.
class differential::hundred::c013 {
  notify { 'c013 1':
    message => "1 of class c013 on ${facts['networking']['hostname']}",
  }
  notify { 'c013 2':
    message => "2 of class c013 on ${facts['networking']['hostname']}",
  }
  notify { 'c013 3':
    message => "3 of class c013 on ${facts['networking']['hostname']}",
  }
  notify { 'c013 4':
    message => "4 of class c013 on ${facts['networking']['hostname']}",
  }
  notify { 'c013 5':
    message => "5 of class c013 on ${facts['networking']['hostname']}",
  }
  notify { 'c013 6':
    message => "6 of class c013 on ${facts['networking']['hostname']}",
  }
  notify { 'c013 7':
    message => "7 of class c013 on ${facts['networking']['hostname']}",
  }
  notify { 'c013 8':
    message => "8 of class c013 on ${facts['networking']['hostname']}",
  }
  notify { 'c013 9':
    message => "9 of class c013 on ${facts['networking']['hostname']}",
  }
  notify { 'c013 10':
    message => "10 of class c013 on ${facts['networking']['hostname']}",
  }
}
