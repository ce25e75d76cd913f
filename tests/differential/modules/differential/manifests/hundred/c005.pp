# Ten resources.
class differential::hundred::c005 {
  notify { 'c005 1':
    message => "1 of class c005 on ${facts['networking']['hostname']}",
  }
  notify { 'c005 2':
    message => "2 of class c005 on ${facts['networking']['hostname']}",
  }
  notify { 'c005 3':
    message => "3 of class c005 on ${facts['networking']['hostname']}",
  }
  notify { 'c005 4':
    message => "4 of class c005 on ${facts['networking']['hostname']}",
  }
  notify { 'c005 5':
    message => "5 of class c005 on ${facts['networking']['hostname']}",
  }
  notify { 'c005 6':
    message => "6 of class c005 on ${facts['networking']['hostname']}",
  }
  notify { 'c005 7':
    message => "7 of class c005 on ${facts['networking']['hostname']}",
  }
  notify { 'c005 8':
    message => "8 of class c005 on ${facts['networking']['hostname']}",
  }
  notify { 'c005 9':
    message => "9 of class c005 on ${facts['networking']['hostname']}",
  }
  notify { 'c005 10':
    message => "10 of class c005 on ${facts['networking']['hostname']}",
  }
}
