# Ten resources.
class differential::hundred::c089 {
  notify { 'c089 1':
    message => "1 of class c089 on ${facts['networking']['hostname']}",
  }
  notify { 'c089 2':
    message => "2 of class c089 on ${facts['networking']['hostname']}",
  }
  notify { 'c089 3':
    message => "3 of class c089 on ${facts['networking']['hostname']}",
  }
  notify { 'c089 4':
    message => "4 of class c089 on ${facts['networking']['hostname']}",
  }
  notify { 'c089 5':
    message => "5 of class c089 on ${facts['networking']['hostname']}",
  }
  notify { 'c089 6':
    message => "6 of class c089 on ${facts['networking']['hostname']}",
  }
  notify { 'c089 7':
    message => "7 of class c089 on ${facts['networking']['hostname']}",
  }
  notify { 'c089 8':
    message => "8 of class c089 on ${facts['networking']['hostname']}",
  }
  notify { 'c089 9':
    message => "9 of class c089 on ${facts['networking']['hostname']}",
  }
  notify { 'c089 10':
    message => "10 of class c089 on ${facts['networking']['hostname']}",
  }
}
