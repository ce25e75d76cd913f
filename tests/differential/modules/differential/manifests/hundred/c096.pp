# Ten resources.
class differential::hundred::c096 {
  notify { 'c096 1':
    message => "1 of class c096 on ${facts['networking']['hostname']}",
  }
  notify { 'c096 2':
    message => "2 of class c096 on ${facts['networking']['hostname']}",
  }
  notify { 'c096 3':
    message => "3 of class c096 on ${facts['networking']['hostname']}",
  }
  notify { 'c096 4':
    message => "4 of class c096 on ${facts['networking']['hostname']}",
  }
  notify { 'c096 5':
    message => "5 of class c096 on ${facts['networking']['hostname']}",
  }
  notify { 'c096 6':
    message => "6 of class c096 on ${facts['networking']['hostname']}",
  }
  notify { 'c096 7':
    message => "7 of class c096 on ${facts['networking']['hostname']}",
  }
  notify { 'c096 8':
    message => "8 of class c096 on ${facts['networking']['hostname']}",
  }
  notify { 'c096 9':
    message => "9 of class c096 on ${facts['networking']['hostname']}",
  }
  notify { 'c096 10':
    message => "10 of class c096 on ${facts['networking']['hostname']}",
  }
}
