# Ten resources.
class differential::hundred::c098 {
  notify { 'c098 1':
    message => "1 of class c098 on ${facts['networking']['hostname']}",
  }
  notify { 'c098 2':
    message => "2 of class c098 on ${facts['networking']['hostname']}",
  }
  notify { 'c098 3':
    message => "3 of class c098 on ${facts['networking']['hostname']}",
  }
  notify { 'c098 4':
    message => "4 of class c098 on ${facts['networking']['hostname']}",
  }
  notify { 'c098 5':
    message => "5 of class c098 on ${facts['networking']['hostname']}",
  }
  notify { 'c098 6':
    message => "6 of class c098 on ${facts['networking']['hostname']}",
  }
  notify { 'c098 7':
    message => "7 of class c098 on ${facts['networking']['hostname']}",
  }
  notify { 'c098 8':
    message => "8 of class c098 on ${facts['networking']['hostname']}",
  }
  notify { 'c098 9':
    message => "9 of class c098 on ${facts['networking']['hostname']}",
  }
  notify { 'c098 10':
    message => "10 of class c098 on ${facts['networking']['hostname']}",
  }
}
