# Ten resources.
class differential::hundred::c046 {
  notify { 'c046 1':
    message => "1 of class c046 on ${facts['networking']['hostname']}",
  }
  notify { 'c046 2':
    message => "2 of class c046 on ${facts['networking']['hostname']}",
  }
  notify { 'c046 3':
    message => "3 of class c046 on ${facts['networking']['hostname']}",
  }
  notify { 'c046 4':
    message => "4 of class c046 on ${facts['networking']['hostname']}",
  }
  notify { 'c046 5':
    message => "5 of class c046 on ${facts['networking']['hostname']}",
  }
  notify { 'c046 6':
    message => "6 of class c046 on ${facts['networking']['hostname']}",
  }
  notify { 'c046 7':
    message => "7 of class c046 on ${facts['networking']['hostname']}",
  }
  notify { 'c046 8':
    message => "8 of class c046 on ${facts['networking']['hostname']}",
  }
  notify { 'c046 9':
    message => "9 of class c046 on ${facts['networking']['hostname']}",
  }
  notify { 'c046 10':
    message => "10 of class c046 on ${facts['networking']['hostname']}",
  }
}
