# Ten resources.
class differential::hundred::c058 {
  notify { 'c058 1':
    message => "1 of class c058 on ${facts['networking']['hostname']}",
  }
  notify { 'c058 2':
    message => "2 of class c058 on ${facts['networking']['hostname']}",
  }
  notify { 'c058 3':
    message => "3 of class c058 on ${facts['networking']['hostname']}",
  }
  notify { 'c058 4':
    message => "4 of class c058 on ${facts['networking']['hostname']}",
  }
  notify { 'c058 5':
    message => "5 of class c058 on ${facts['networking']['hostname']}",
  }
  notify { 'c058 6':
    message => "6 of class c058 on ${facts['networking']['hostname']}",
  }
  notify { 'c058 7':
    message => "7 of class c058 on ${facts['networking']['hostname']}",
  }
  notify { 'c058 8':
    message => "8 of class c058 on ${facts['networking']['hostname']}",
  }
  notify { 'c058 9':
    message => "9 of class c058 on ${facts['networking']['hostname']}",
  }
  notify { 'c058 10':
    message => "10 of class c058 on ${facts['networking']['hostname']}",
  }
}
