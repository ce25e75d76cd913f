# Ten resources.
class differential::hundred::c050 {
  notify { 'c050 1':
    message => "1 of class c050 on ${facts['networking']['hostname']}",
  }
  notify { 'c050 2':
    message => "2 of class c050 on ${facts['networking']['hostname']}",
  }
  notify { 'c050 3':
    message => "3 of class c050 on ${facts['networking']['hostname']}",
  }
  notify { 'c050 4':
    message => "4 of class c050 on ${facts['networking']['hostname']}",
  }
  notify { 'c050 5':
    message => "5 of class c050 on ${facts['networking']['hostname']}",
  }
  notify { 'c050 6':
    message => "6 of class c050 on ${facts['networking']['hostname']}",
  }
  notify { 'c050 7':
    message => "7 of class c050 on ${facts['networking']['hostname']}",
  }
  notify { 'c050 8':
    message => "8 of class c050 on ${facts['networking']['hostname']}",
  }
  notify { 'c050 9':
    message => "9 of class c050 on ${facts['networking']['hostname']}",
  }
  notify { 'c050 10':
    message => "10 of class c050 on ${facts['networking']['hostname']}",
  }
}
