# Ten resources.
class differential::hundred::c072 {
  notify { 'c072 1':
    message => "1 of class c072 on ${facts['networking']['hostname']}",
  }
  notify { 'c072 2':
    message => "2 of class c072 on ${facts['networking']['hostname']}",
  }
  notify { 'c072 3':
    message => "3 of class c072 on ${facts['networking']['hostname']}",
  }
  notify { 'c072 4':
    message => "4 of class c072 on ${facts['networking']['hostname']}",
  }
  notify { 'c072 5':
    message => "5 of class c072 on ${facts['networking']['hostname']}",
  }
  notify { 'c072 6':
    message => "6 of class c072 on ${facts['networking']['hostname']}",
  }
  notify { 'c072 7':
    message => "7 of class c072 on ${facts['networking']['hostname']}",
  }
  notify { 'c072 8':
    message => "8 of class c072 on ${facts['networking']['hostname']}",
  }
  notify { 'c072 9':
    message => "9 of class c072 on ${facts['networking']['hostname']}",
  }
  notify { 'c072 10':
    message => "10 of class c072 on ${facts['networking']['hostname']}",
  }
}
