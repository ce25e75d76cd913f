# Ten resources.
class differential::hundred::c032 {
  notify { 'c032 1':
    message => "1 of class c032 on ${facts['networking']['hostname']}",
  }
  notify { 'c032 2':
    message => "2 of class c032 on ${facts['networking']['hostname']}",
  }
  notify { 'c032 3':
    message => "3 of class c032 on ${facts['networking']['hostname']}",
  }
  notify { 'c032 4':
    message => "4 of class c032 on ${facts['networking']['hostname']}",
  }
  notify { 'c032 5':
    message => "5 of class c032 on ${facts['networking']['hostname']}",
  }
  notify { 'c032 6':
    message => "6 of class c032 on ${facts['networking']['hostname']}",
  }
  notify { 'c032 7':
    message => "7 of class c032 on ${facts['networking']['hostname']}",
  }
  notify { 'c032 8':
    message => "8 of class c032 on ${facts['networking']['hostname']}",
  }
  notify { 'c032 9':
    message => "9 of class c032 on ${facts['networking']['hostname']}",
  }
  notify { 'c032 10':
    message => "10 of class c032 on ${facts['networking']['hostname']}",
  }
}
