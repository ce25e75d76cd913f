# Ten resources.
class differential::hundred::c008 {
  notify { 'c008 1':
    message => "1 of class c008 on ${facts['networking']['hostname']}",
  }
  notify { 'c008 2':
    message => "2 of class c008 on ${facts['networking']['hostname']}",
  }
  notify { 'c008 3':
    message => "3 of class c008 on ${facts['networking']['hostname']}",
  }
  notify { 'c008 4':
    message => "4 of class c008 on ${facts['networking']['hostname']}",
  }
  notify { 'c008 5':
    message => "5 of class c008 on ${facts['networking']['hostname']}",
  }
  notify { 'c008 6':
    message => "6 of class c008 on ${facts['networking']['hostname']}",
  }
  notify { 'c008 7':
    message => "7 of class c008 on ${facts['networking']['hostname']}",
  }
  notify { 'c008 8':
    message => "8 of class c008 on ${facts['networking']['hostname']}",
  }
  notify { 'c008 9':
    message => "9 of class c008 on ${facts['networking']['hostname']}",
  }
  notify { 'c008 10':
    message => "10 of class c008 on ${facts['networking']['hostname']}",
  }
}
