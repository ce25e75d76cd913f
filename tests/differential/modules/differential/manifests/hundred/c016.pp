# Ten resources.
class differential::hundred::c016 {
  notify { 'c016 1':
    message => "1 of class c016 on ${facts['networking']['hostname']}",
  }
  notify { 'c016 2':
    message => "2 of class c016 on ${facts['networking']['hostname']}",
  }
  notify { 'c016 3':
    message => "3 of class c016 on ${facts['networking']['hostname']}",
  }
  notify { 'c016 4':
    message => "4 of class c016 on ${facts['networking']['hostname']}",
  }
  notify { 'c016 5':
    message => "5 of class c016 on ${facts['networking']['hostname']}",
  }
  notify { 'c016 6':
    message => "6 of class c016 on ${facts['networking']['hostname']}",
  }
  notify { 'c016 7':
    message => "7 of class c016 on ${facts['networking']['hostname']}",
  }
  notify { 'c016 8':
    message => "8 of class c016 on ${facts['networking']['hostname']}",
  }
  notify { 'c016 9':
    message => "9 of class c016 on ${facts['networking']['hostname']}",
  }
  notify { 'c016 10':
    message => "10 of class c016 on ${facts['networking']['hostname']}",
  }
}
