# Ten resources.
class differential::hundred::c092 {
  notify { 'c092 1':
    message => "1 of class c092 on ${facts['networking']['hostname']}",
  }
  notify { 'c092 2':
    message => "2 of class c092 on ${facts['networking']['hostname']}",
  }
  notify { 'c092 3':
    message => "3 of class c092 on ${facts['networking']['hostname']}",
  }
  notify { 'c092 4':
    message => "4 of class c092 on ${facts['networking']['hostname']}",
  }
  notify { 'c092 5':
    message => "5 of class c092 on ${facts['networking']['hostname']}",
  }
  notify { 'c092 6':
    message => "6 of class c092 on ${facts['networking']['hostname']}",
  }
  notify { 'c092 7':
    message => "7 of class c092 on ${facts['networking']['hostname']}",
  }
  notify { 'c092 8':
    message => "8 of class c092 on ${facts['networking']['hostname']}",
  }
  notify { 'c092 9':
    message => "9 of class c092 on ${facts['networking']['hostname']}",
  }
  notify { 'c092 10':
    message => "10 of class c092 on ${facts['networking']['hostname']}",
  }
}
