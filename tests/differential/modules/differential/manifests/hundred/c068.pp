# Ten resources.
class differential::hundred::c068 {
  notify { 'c068 1':
    message => "1 of class c068 on ${facts['networking']['hostname']}",
  }
  notify { 'c068 2':
    message => "2 of class c068 on ${facts['networking']['hostname']}",
  }
  notify { 'c068 3':
    message => "3 of class c068 on ${facts['networking']['hostname']}",
  }
  notify { 'c068 4':
    message => "4 of class c068 on ${facts['networking']['hostname']}",
  }
  notify { 'c068 5':
    message => "5 of class c068 on ${facts['networking']['hostname']}",
  }
  notify { 'c068 6':
    message => "6 of class c068 on ${facts['networking']['hostname']}",
  }
  notify { 'c068 7':
    message => "7 of class c068 on ${facts['networking']['hostname']}",
  }
  notify { 'c068 8':
    message => "8 of class c068 on ${facts['networking']['hostname']}",
  }
  notify { 'c068 9':
    message => "9 of class c068 on ${facts['networking']['hostname']}",
  }
  notify { 'c068 10':
    message => "10 of class c068 on ${facts['networking']['hostname']}",
  }
}
