# Ten resources.
class differential::hundred::c020 {
  notify { 'c020 1':
    message => "1 of class c020 on ${facts['networking']['hostname']}",
  }
  notify { 'c020 2':
    message => "2 of class c020 on ${facts['networking']['hostname']}",
  }
  notify { 'c020 3':
    message => "3 of class c020 on ${facts['networking']['hostname']}",
  }
  notify { 'c020 4':
    message => "4 of class c020 on ${facts['networking']['hostname']}",
  }
  notify { 'c020 5':
    message => "5 of class c020 on ${facts['networking']['hostname']}",
  }
  notify { 'c020 6':
    message => "6 of class c020 on ${facts['networking']['hostname']}",
  }
  notify { 'c020 7':
    message => "7 of class c020 on ${facts['networking']['hostname']}",
  }
  notify { 'c020 8':
    message => "8 of class c020 on ${facts['networking']['hostname']}",
  }
  notify { 'c020 9':
    message => "9 of class c020 on ${facts['networking']['hostname']}",
  }
  notify { 'c020 10':
    message => "10 of class c020 on ${facts['networking']['hostname']}",
  }
}
