# Ten resources.
class differential::hundred::c009 {
  notify { 'c009 1':
    message => "1 of class c009 on ${facts['networking']['hostname']}",
  }
  notify { 'c009 2':
    message => "2 of class c009 on ${facts['networking']['hostname']}",
  }
  notify { 'c009 3':
    message => "3 of class c009 on ${facts['networking']['hostname']}",
  }
  notify { 'c009 4':
    message => "4 of class c009 on ${facts['networking']['hostname']}",
  }
  notify { 'c009 5':
    message => "5 of class c009 on ${facts['networking']['hostname']}",
  }
  notify { 'c009 6':
    message => "6 of class c009 on ${facts['networking']['hostname']}",
  }
  notify { 'c009 7':
    message => "7 of class c009 on ${facts['networking']['hostname']}",
  }
  notify { 'c009 8':
    message => "8 of class c009 on ${facts['networking']['hostname']}",
  }
  notify { 'c009 9':
    message => "9 of class c009 on ${facts['networking']['hostname']}",
  }
  notify { 'c009 10':
    message => "10 of class c009 on ${facts['networking']['hostname']}",
  }
}
