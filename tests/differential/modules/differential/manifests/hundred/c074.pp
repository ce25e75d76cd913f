# Ten resources.
class differential::hundred::c074 {
  notify { 'c074 1':
    message => "1 of class c074 on ${facts['networking']['hostname']}",
  }
  notify { 'c074 2':
    message => "2 of class c074 on ${facts['networking']['hostname']}",
  }
  notify { 'c074 3':
    message => "3 of class c074 on ${facts['networking']['hostname']}",
  }
  notify { 'c074 4':
    message => "4 of class c074 on ${facts['networking']['hostname']}",
  }
  notify { 'c074 5':
    message => "5 of class c074 on ${facts['networking']['hostname']}",
  }
  notify { 'c074 6':
    message => "6 of class c074 on ${facts['networking']['hostname']}",
  }
  notify { 'c074 7':
    message => "7 of class c074 on ${facts['networking']['hostname']}",
  }
  notify { 'c074 8':
    message => "8 of class c074 on ${facts['networking']['hostname']}",
  }
  notify { 'c074 9':
    message => "9 of class c074 on ${facts['networking']['hostname']}",
  }
  notify { 'c074 10':
    message => "10 of class c074 on ${facts['networking']['hostname']}",
  }
}
