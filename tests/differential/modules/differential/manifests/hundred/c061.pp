# Ten resources.
class differential::hundred::c061 {
  notify { 'c061 1':
    message => "1 of class c061 on ${facts['networking']['hostname']}",
  }
  notify { 'c061 2':
    message => "2 of class c061 on ${facts['networking']['hostname']}",
  }
  notify { 'c061 3':
    message => "3 of class c061 on ${facts['networking']['hostname']}",
  }
  notify { 'c061 4':
    message => "4 of class c061 on ${facts['networking']['hostname']}",
  }
  notify { 'c061 5':
    message => "5 of class c061 on ${facts['networking']['hostname']}",
  }
  notify { 'c061 6':
    message => "6 of class c061 on ${facts['networking']['hostname']}",
  }
  notify { 'c061 7':
    message => "7 of class c061 on ${facts['networking']['hostname']}",
  }
  notify { 'c061 8':
    message => "8 of class c061 on ${facts['networking']['hostname']}",
  }
  notify { 'c061 9':
    message => "9 of class c061 on ${facts['networking']['hostname']}",
  }
  notify { 'c061 10':
    message => "10 of class c061 on ${facts['networking']['hostname']}",
  }
}
