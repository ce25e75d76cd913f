# Ten resources.
class differential::hundred::c049 {
  notify { 'c049 1':
    message => "1 of class c049 on ${facts['networking']['hostname']}",
  }
  notify { 'c049 2':
    message => "2 of class c049 on ${facts['networking']['hostname']}",
  }
  notify { 'c049 3':
    message => "3 of class c049 on ${facts['networking']['hostname']}",
  }
  notify { 'c049 4':
    message => "4 of class c049 on ${facts['networking']['hostname']}",
  }
  notify { 'c049 5':
    message => "5 of class c049 on ${facts['networking']['hostname']}",
  }
  notify { 'c049 6':
    message => "6 of class c049 on ${facts['networking']['hostname']}",
  }
  notify { 'c049 7':
    message => "7 of class c049 on ${facts['networking']['hostname']}",
  }
  notify { 'c049 8':
    message => "8 of class c049 on ${facts['networking']['hostname']}",
  }
  notify { 'c049 9':
    message => "9 of class c049 on ${facts['networking']['hostname']}",
  }
  notify { 'c049 10':
    message => "10 of class c049 on ${facts['networking']['hostname']}",
  }
}
