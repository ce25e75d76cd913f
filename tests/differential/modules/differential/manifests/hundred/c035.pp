# Ten resources.
class differential::hundred::c035 {
  notify { 'c035 1':
    message => "1 of class c035 on ${facts['networking']['hostname']}",
  }
  notify { 'c035 2':
    message => "2 of class c035 on ${facts['networking']['hostname']}",
  }
  notify { 'c035 3':
    message => "3 of class c035 on ${facts['networking']['hostname']}",
  }
  notify { 'c035 4':
    message => "4 of class c035 on ${facts['networking']['hostname']}",
  }
  notify { 'c035 5':
    message => "5 of class c035 on ${facts['networking']['hostname']}",
  }
  notify { 'c035 6':
    message => "6 of class c035 on ${facts['networking']['hostname']}",
  }
  notify { 'c035 7':
    message => "7 of class c035 on ${facts['networking']['hostname']}",
  }
  notify { 'c035 8':
    message => "8 of class c035 on ${facts['networking']['hostname']}",
  }
  notify { 'c035 9':
    message => "9 of class c035 on ${facts['networking']['hostname']}",
  }
  notify { 'c035 10':
    message => "10 of class c035 on ${facts['networking']['hostname']}",
  }
}
