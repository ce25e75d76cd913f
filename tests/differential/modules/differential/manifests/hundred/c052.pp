# Ten resources.
class differential::hundred::c052 {
  notify { 'c052 1':
    message => "1 of class c052 on ${facts['networking']['hostname']}",
  }
  notify { 'c052 2':
    message => "2 of class c052 on ${facts['networking']['hostname']}",
  }
  notify { 'c052 3':
    message => "3 of class c052 on ${facts['networking']['hostname']}",
  }
  notify { 'c052 4':
    message => "4 of class c052 on ${facts['networking']['hostname']}",
  }
  notify { 'c052 5':
    message => "5 of class c052 on ${facts['networking']['hostname']}",
  }
  notify { 'c052 6':
    message => "6 of class c052 on ${facts['networking']['hostname']}",
  }
  notify { 'c052 7':
    message => "7 of class c052 on ${facts['networking']['hostname']}",
  }
  notify { 'c052 8':
    message => "8 of class c052 on ${facts['networking']['hostname']}",
  }
  notify { 'c052 9':
    message => "9 of class c052 on ${facts['networking']['hostname']}",
  }
  notify { 'c052 10':
    message => "10 of class c052 on ${facts['networking']['hostname']}",
  }
}
