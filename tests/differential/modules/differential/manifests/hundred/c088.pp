# Ten resources.
class differential::hundred::c088 {
  notify { 'c088 1':
    message => "1 of class c088 on ${facts['networking']['hostname']}",
  }
  notify { 'c088 2':
    message => "2 of class c088 on ${facts['networking']['hostname']}",
  }
  notify { 'c088 3':
    message => "3 of class c088 on ${facts['networking']['hostname']}",
  }
  notify { 'c088 4':
    message => "4 of class c088 on ${facts['networking']['hostname']}",
  }
  notify { 'c088 5':
    message => "5 of class c088 on ${facts['networking']['hostname']}",
  }
  notify { 'c088 6':
    message => "6 of class c088 on ${facts['networking']['hostname']}",
  }
  notify { 'c088 7':
    message => "7 of class c088 on ${facts['networking']['hostname']}",
  }
  notify { 'c088 8':
    message => "8 of class c088 on ${facts['networking']['hostname']}",
  }
  notify { 'c088 9':
    message => "9 of class c088 on ${facts['networking']['hostname']}",
  }
  notify { 'c088 10':
    message => "10 of class c088 on ${facts['networking']['hostname']}",
  }
}
