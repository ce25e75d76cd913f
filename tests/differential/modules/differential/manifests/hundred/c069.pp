# Ten resources.
class differential::hundred::c069 {
  notify { 'c069 1':
    message => "1 of class c069 on ${facts['networking']['hostname']}",
  }
  notify { 'c069 2':
    message => "2 of class c069 on ${facts['networking']['hostname']}",
  }
  notify { 'c069 3':
    message => "3 of class c069 on ${facts['networking']['hostname']}",
  }
  notify { 'c069 4':
    message => "4 of class c069 on ${facts['networking']['hostname']}",
  }
  notify { 'c069 5':
    message => "5 of class c069 on ${facts['networking']['hostname']}",
  }
  notify { 'c069 6':
    message => "6 of class c069 on ${facts['networking']['hostname']}",
  }
  notify { 'c069 7':
    message => "7 of class c069 on ${facts['networking']['hostname']}",
  }
  notify { 'c069 8':
    message => "8 of class c069 on ${facts['networking']['hostname']}",
  }
  notify { 'c069 9':
    message => "9 of class c069 on ${facts['networking']['hostname']}",
  }
  notify { 'c069 10':
    message => "10 of class c069 on ${facts['networking']['hostname']}",
  }
}
