# Ten resources.
class differential::hundred::c012 {
  notify { 'c012 1':
    message => "1 of class c012 on ${facts['networking']['hostname']}",
  }
  notify { 'c012 2':
    message => "2 of class c012 on ${facts['networking']['hostname']}",
  }
  notify { 'c012 3':
    message => "3 of class c012 on ${facts['networking']['hostname']}",
  }
  notify { 'c012 4':
    message => "4 of class c012 on ${facts['networking']['hostname']}",
  }
  notify { 'c012 5':
    message => "5 of class c012 on ${facts['networking']['hostname']}",
  }
  notify { 'c012 6':
    message => "6 of class c012 on ${facts['networking']['hostname']}",
  }
  notify { 'c012 7':
    message => "7 of class c012 on ${facts['networking']['hostname']}",
  }
  notify { 'c012 8':
    message => "8 of class c012 on ${facts['networking']['hostname']}",
  }
  notify { 'c012 9':
    message => "9 of class c012 on ${facts['networking']['hostname']}",
  }
  notify { 'c012 10':
    message => "10 of class c012 on ${facts['networking']['hostname']}",
  }
}
