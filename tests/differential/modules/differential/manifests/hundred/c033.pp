# Ten resources.
class differential::hundred::c033 {
  notify { 'c033 1':
    message => "1 of class c033 on ${facts['networking']['hostname']}",
  }
  notify { 'c033 2':
    message => "2 of class c033 on ${facts['networking']['hostname']}",
  }
  notify { 'c033 3':
    message => "3 of class c033 on ${facts['networking']['hostname']}",
  }
  notify { 'c033 4':
    message => "4 of class c033 on ${facts['networking']['hostname']}",
  }
  notify { 'c033 5':
    message => "5 of class c033 on ${facts['networking']['hostname']}",
  }
  notify { 'c033 6':
    message => "6 of class c033 on ${facts['networking']['hostname']}",
  }
  notify { 'c033 7':
    message => "7 of class c033 on ${facts['networking']['hostname']}",
  }
  notify { 'c033 8':
    message => "8 of class c033 on ${facts['networking']['hostname']}",
  }
  notify { 'c033 9':
    message => "9 of class c033 on ${facts['networking']['hostname']}",
  }
  notify { 'c033 10':
    message => "10 of class c033 on ${facts['networking']['hostname']}",
  }
}
