# Ten resources.
class differential::hundred::c011 {
  notify { 'c011 1':
    message => "1 of class c011 on ${facts['networking']['hostname']}",
  }
  notify { 'c011 2':
    message => "2 of class c011 on ${facts['networking']['hostname']}",
  }
  notify { 'c011 3':
    message => "3 of class c011 on ${facts['networking']['hostname']}",
  }
  notify { 'c011 4':
    message => "4 of class c011 on ${facts['networking']['hostname']}",
  }
  notify { 'c011 5':
    message => "5 of class c011 on ${facts['networking']['hostname']}",
  }
  notify { 'c011 6':
    message => "6 of class c011 on ${facts['networking']['hostname']}",
  }
  notify { 'c011 7':
    message => "7 of class c011 on ${facts['networking']['hostname']}",
  }
  notify { 'c011 8':
    message => "8 of class c011 on ${facts['networking']['hostname']}",
  }
  notify { 'c011 9':
    message => "9 of class c011 on ${facts['networking']['hostname']}",
  }
  notify { 'c011 10':
    message => "10 of class c011 on ${facts['networking']['hostname']}",
  }
}
