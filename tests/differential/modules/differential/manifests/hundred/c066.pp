# Ten resources.
class differential::hundred::c066 {
  notify { 'c066 1':
    message => "1 of class c066 on ${facts['networking']['hostname']}",
  }
  notify { 'c066 2':
    message => "2 of class c066 on ${facts['networking']['hostname']}",
  }
  notify { 'c066 3':
    message => "3 of class c066 on ${facts['networking']['hostname']}",
  }
  notify { 'c066 4':
    message => "4 of class c066 on ${facts['networking']['hostname']}",
  }
  notify { 'c066 5':
    message => "5 of class c066 on ${facts['networking']['hostname']}",
  }
  notify { 'c066 6':
    message => "6 of class c066 on ${facts['networking']['hostname']}",
  }
  notify { 'c066 7':
    message => "7 of class c066 on ${facts['networking']['hostname']}",
  }
  notify { 'c066 8':
    message => "8 of class c066 on ${facts['networking']['hostname']}",
  }
  notify { 'c066 9':
    message => "9 of class c066 on ${facts['networking']['hostname']}",
  }
  notify { 'c066 10':
    message => "10 of class c066 on ${facts['networking']['hostname']}",
  }
}
