# Ten resources.
class differential::hundred::c024 {
  notify { 'c024 1':
    message => "1 of class c024 on ${facts['networking']['hostname']}",
  }
  notify { 'c024 2':
    message => "2 of class c024 on ${facts['networking']['hostname']}",
  }
  notify { 'c024 3':
    message => "3 of class c024 on ${facts['networking']['hostname']}",
  }
  notify { 'c024 4':
    message => "4 of class c024 on ${facts['networking']['hostname']}",
  }
  notify { 'c024 5':
    message => "5 of class c024 on ${facts['networking']['hostname']}",
  }
  notify { 'c024 6':
    message => "6 of class c024 on ${facts['networking']['hostname']}",
  }
  notify { 'c024 7':
    message => "7 of class c024 on ${facts['networking']['hostname']}",
  }
  notify { 'c024 8':
    message => "8 of class c024 on ${facts['networking']['hostname']}",
  }
  notify { 'c024 9':
    message => "9 of class c024 on ${facts['networking']['hostname']}",
  }
  notify { 'c024 10':
    message => "10 of class c024 on ${facts['networking']['hostname']}",
  }
}
