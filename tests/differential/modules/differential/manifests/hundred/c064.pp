# Ten resources.
class differential::hundred::c064 {
  notify { 'c064 1':
    message => "1 of class c064 on ${facts['networking']['hostname']}",
  }
  notify { 'c064 2':
    message => "2 of class c064 on ${facts['networking']['hostname']}",
  }
  notify { 'c064 3':
    message => "3 of class c064 on ${facts['networking']['hostname']}",
  }
  notify { 'c064 4':
    message => "4 of class c064 on ${facts['networking']['hostname']}",
  }
  notify { 'c064 5':
    message => "5 of class c064 on ${facts['networking']['hostname']}",
  }
  notify { 'c064 6':
    message => "6 of class c064 on ${facts['networking']['hostname']}",
  }
  notify { 'c064 7':
    message => "7 of class c064 on ${facts['networking']['hostname']}",
  }
  notify { 'c064 8':
    message => "8 of class c064 on ${facts['networking']['hostname']}",
  }
  notify { 'c064 9':
    message => "9 of class c064 on ${facts['networking']['hostname']}",
  }
  notify { 'c064 10':
    message => "10 of class c064 on ${facts['networking']['hostname']}",
  }
}
