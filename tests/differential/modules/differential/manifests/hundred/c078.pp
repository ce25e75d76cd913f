# Ten resources.
class differential::hundred::c078 {
  notify { 'c078 1':
    message => "1 of class c078 on ${facts['networking']['hostname']}",
  }
  notify { 'c078 2':
    message => "2 of class c078 on ${facts['networking']['hostname']}",
  }
  notify { 'c078 3':
    message => "3 of class c078 on ${facts['networking']['hostname']}",
  }
  notify { 'c078 4':
    message => "4 of class c078 on ${facts['networking']['hostname']}",
  }
  notify { 'c078 5':
    message => "5 of class c078 on ${facts['networking']['hostname']}",
  }
  notify { 'c078 6':
    message => "6 of class c078 on ${facts['networking']['hostname']}",
  }
  notify { 'c078 7':
    message => "7 of class c078 on ${facts['networking']['hostname']}",
  }
  notify { 'c078 8':
    message => "8 of class c078 on ${facts['networking']['hostname']}",
  }
  notify { 'c078 9':
    message => "9 of class c078 on ${facts['networking']['hostname']}",
  }
  notify { 'c078 10':
    message => "10 of class c078 on ${facts['networking']['hostname']}",
  }
}
