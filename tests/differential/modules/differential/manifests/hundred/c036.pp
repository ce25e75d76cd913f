# Ten resources.
class differential::hundred::c036 {
  notify { 'c036 1':
    message => "1 of class c036 on ${facts['networking']['hostname']}",
  }
  notify { 'c036 2':
    message => "2 of class c036 on ${facts['networking']['hostname']}",
  }
  notify { 'c036 3':
    message => "3 of class c036 on ${facts['networking']['hostname']}",
  }
  notify { 'c036 4':
    message => "4 of class c036 on ${facts['networking']['hostname']}",
  }
  notify { 'c036 5':
    message => "5 of class c036 on ${facts['networking']['hostname']}",
  }
  notify { 'c036 6':
    message => "6 of class c036 on ${facts['networking']['hostname']}",
  }
  notify { 'c036 7':
    message => "7 of class c036 on ${facts['networking']['hostname']}",
  }
  notify { 'c036 8':
    message => "8 of class c036 on ${facts['networking']['hostname']}",
  }
  notify { 'c036 9':
    message => "9 of class c036 on ${facts['networking']['hostname']}",
  }
  notify { 'c036 10':
    message => "10 of class c036 on ${facts['networking']['hostname']}",
  }
}
