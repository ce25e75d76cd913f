# Ten resources.
class differential::hundred::c077 {
  notify { 'c077 1':
    message => "1 of class c077 on ${facts['networking']['hostname']}",
  }
  notify { 'c077 2':
    message => "2 of class c077 on ${facts['networking']['hostname']}",
  }
  notify { 'c077 3':
    message => "3 of class c077 on ${facts['networking']['hostname']}",
  }
  notify { 'c077 4':
    message => "4 of class c077 on ${facts['networking']['hostname']}",
  }
  notify { 'c077 5':
    message => "5 of class c077 on ${facts['networking']['hostname']}",
  }
  notify { 'c077 6':
    message => "6 of class c077 on ${facts['networking']['hostname']}",
  }
  notify { 'c077 7':
    message => "7 of class c077 on ${facts['networking']['hostname']}",
  }
  notify { 'c077 8':
    message => "8 of class c077 on ${facts['networking']['hostname']}",
  }
  notify { 'c077 9':
    message => "9 of class c077 on ${facts['networking']['hostname']}",
  }
  notify { 'c077 10':
    message => "10 of class c077 on ${facts['networking']['hostname']}",
  }
}
