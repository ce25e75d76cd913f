# Ten resources.
class differential::hundred::c003 {
  notify { 'c003 1':
    message => "1 of class c003 on ${facts['networking']['hostname']}",
  }
  notify { 'c003 2':
    message => "2 of class c003 on ${facts['networking']['hostname']}",
  }
  notify { 'c003 3':
    message => "3 of class c003 on ${facts['networking']['hostname']}",
  }
  notify { 'c003 4':
    message => "4 of class c003 on ${facts['networking']['hostname']}",
  }
  notify { 'c003 5':
    message => "5 of class c003 on ${facts['networking']['hostname']}",
  }
  notify { 'c003 6':
    message => "6 of class c003 on ${facts['networking']['hostname']}",
  }
  notify { 'c003 7':
    message => "7 of class c003 on ${facts['networking']['hostname']}",
  }
  notify { 'c003 8':
    message => "8 of class c003 on ${facts['networking']['hostname']}",
  }
  notify { 'c003 9':
    message => "9 of class c003 on ${facts['networking']['hostname']}",
  }
  notify { 'c003 10':
    message => "10 of class c003 on ${facts['networking']['hostname']}",
  }
}
