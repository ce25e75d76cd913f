# Ten resources.
class differential::hundred::c018 {
  notify { 'c018 1':
    message => "1 of class c018 on ${facts['networking']['hostname']}",
  }
  notify { 'c018 2':
    message => "2 of class c018 on ${facts['networking']['hostname']}",
  }
  notify { 'c018 3':
    message => "3 of class c018 on ${facts['networking']['hostname']}",
  }
  notify { 'c018 4':
    message => "4 of class c018 on ${facts['networking']['hostname']}",
  }
  notify { 'c018 5':
    message => "5 of class c018 on ${facts['networking']['hostname']}",
  }
  notify { 'c018 6':
    message => "6 of class c018 on ${facts['networking']['hostname']}",
  }
  notify { 'c018 7':
    message => "7 of class c018 on ${facts['networking']['hostname']}",
  }
  notify { 'c018 8':
    message => "8 of class c018 on ${facts['networking']['hostname']}",
  }
  notify { 'c018 9':
    message => "9 of class c018 on ${facts['networking']['hostname']}",
  }
  notify { 'c018 10':
    message => "10 of class c018 on ${facts['networking']['hostname']}",
  }
}
