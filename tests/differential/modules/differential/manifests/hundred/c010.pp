# Ten resources.
class differential::hundred::c010 {
  notify { 'c010 1':
    message => "1 of class c010 on ${facts['networking']['hostname']}",
  }
  notify { 'c010 2':
    message => "2 of class c010 on ${facts['networking']['hostname']}",
  }
  notify { 'c010 3':
    message => "3 of class c010 on ${facts['networking']['hostname']}",
  }
  notify { 'c010 4':
    message => "4 of class c010 on ${facts['networking']['hostname']}",
  }
  notify { 'c010 5':
    message => "5 of class c010 on ${facts['networking']['hostname']}",
  }
  notify { 'c010 6':
    message => "6 of class c010 on ${facts['networking']['hostname']}",
  }
  notify { 'c010 7':
    message => "7 of class c010 on ${facts['networking']['hostname']}",
  }
  notify { 'c010 8':
    message => "8 of class c010 on ${facts['networking']['hostname']}",
  }
  notify { 'c010 9':
    message => "9 of class c010 on ${facts['networking']['hostname']}",
  }
  notify { 'c010 10':
    message => "10 of class c010 on ${facts['networking']['hostname']}",
  }
}
