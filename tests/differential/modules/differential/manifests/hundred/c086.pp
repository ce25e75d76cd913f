# Ten resources.
class differential::hundred::c086 {
  notify { 'c086 1':
    message => "1 of class c086 on ${facts['networking']['hostname']}",
  }
  notify { 'c086 2':
    message => "2 of class c086 on ${facts['networking']['hostname']}",
  }
  notify { 'c086 3':
    message => "3 of class c086 on ${facts['networking']['hostname']}",
  }
  notify { 'c086 4':
    message => "4 of class c086 on ${facts['networking']['hostname']}",
  }
  notify { 'c086 5':
    message => "5 of class c086 on ${facts['networking']['hostname']}",
  }
  notify { 'c086 6':
    message => "6 of class c086 on ${facts['networking']['hostname']}",
  }
  notify { 'c086 7':
    message => "7 of class c086 on ${facts['networking']['hostname']}",
  }
  notify { 'c086 8':
    message => "8 of class c086 on ${facts['networking']['hostname']}",
  }
  notify { 'c086 9':
    message => "9 of class c086 on ${facts['networking']['hostname']}",
  }
  notify { 'c086 10':
    message => "10 of class c086 on ${facts['networking']['hostname']}",
  }
}
