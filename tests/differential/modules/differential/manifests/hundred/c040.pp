# Ten resources.
class differential::hundred::c040 {
  notify { 'c040 1':
    message => "1 of class c040 on ${facts['networking']['hostname']}",
  }
  notify { 'c040 2':
    message => "2 of class c040 on ${facts['networking']['hostname']}",
  }
  notify { 'c040 3':
    message => "3 of class c040 on ${facts['networking']['hostname']}",
  }
  notify { 'c040 4':
    message => "4 of class c040 on ${facts['networking']['hostname']}",
  }
  notify { 'c040 5':
    message => "5 of class c040 on ${facts['networking']['hostname']}",
  }
  notify { 'c040 6':
    message => "6 of class c040 on ${facts['networking']['hostname']}",
  }
  notify { 'c040 7':
    message => "7 of class c040 on ${facts['networking']['hostname']}",
  }
  notify { 'c040 8':
    message => "8 of class c040 on ${facts['networking']['hostname']}",
  }
  notify { 'c040 9':
    message => "9 of class c040 on ${facts['networking']['hostname']}",
  }
  notify { 'c040 10':
    message => "10 of class c040 on ${facts['networking']['hostname']}",
  }
}
