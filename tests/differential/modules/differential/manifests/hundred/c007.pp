# Ten resources.
class differential::hundred::c007 {
  notify { 'c007 1':
    message => "1 of class c007 on ${facts['networking']['hostname']}",
  }
  notify { 'c007 2':
    message => "2 of class c007 on ${facts['networking']['hostname']}",
  }
  notify { 'c007 3':
    message => "3 of class c007 on ${facts['networking']['hostname']}",
  }
  notify { 'c007 4':
    message => "4 of class c007 on ${facts['networking']['hostname']}",
  }
  notify { 'c007 5':
    message => "5 of class c007 on ${facts['networking']['hostname']}",
  }
  notify { 'c007 6':
    message => "6 of class c007 on ${facts['networking']['hostname']}",
  }
  notify { 'c007 7':
    message => "7 of class c007 on ${facts['networking']['hostname']}",
  }
  notify { 'c007 8':
    message => "8 of class c007 on ${facts['networking']['hostname']}",
  }
  notify { 'c007 9':
    message => "9 of class c007 on ${facts['networking']['hostname']}",
  }
  notify { 'c007 10':
    message => "10 of class c007 on ${facts['networking']['hostname']}",
  }
}
