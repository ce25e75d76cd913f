# Ten resources.
class differential::hundred::c099 {
  notify { 'c099 1':
    message => "1 of class c099 on ${facts['networking']['hostname']}",
  }
  notify { 'c099 2':
    message => "2 of class c099 on ${facts['networking']['hostname']}",
  }
  notify { 'c099 3':
    message => "3 of class c099 on ${facts['networking']['hostname']}",
  }
  notify { 'c099 4':
    message => "4 of class c099 on ${facts['networking']['hostname']}",
  }
  notify { 'c099 5':
    message => "5 of class c099 on ${facts['networking']['hostname']}",
  }
  notify { 'c099 6':
    message => "6 of class c099 on ${facts['networking']['hostname']}",
  }
  notify { 'c099 7':
    message => "7 of class c099 on ${facts['networking']['hostname']}",
  }
  notify { 'c099 8':
    message => "8 of class c099 on ${facts['networking']['hostname']}",
  }
  notify { 'c099 9':
    message => "9 of class c099 on ${facts['networking']['hostname']}",
  }
  notify { 'c099 10':
    message => "10 of class c099 on ${facts['networking']['hostname']}",
  }
}
