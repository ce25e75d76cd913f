# Ten resources.
class differential::hundred::c037 {
  notify { 'c037 1':
    message => "1 of class c037 on ${facts['networking']['hostname']}",
  }
  notify { 'c037 2':
    message => "2 of class c037 on ${facts['networking']['hostname']}",
  }
  notify { 'c037 3':
    message => "3 of class c037 on ${facts['networking']['hostname']}",
  }
  notify { 'c037 4':
    message => "4 of class c037 on ${facts['networking']['hostname']}",
  }
  notify { 'c037 5':
    message => "5 of class c037 on ${facts['networking']['hostname']}",
  }
  notify { 'c037 6':
    message => "6 of class c037 on ${facts['networking']['hostname']}",
  }
  notify { 'c037 7':
    message => "7 of class c037 on ${facts['networking']['hostname']}",
  }
  notify { 'c037 8':
    message => "8 of class c037 on ${facts['networking']['hostname']}",
  }
  notify { 'c037 9':
    message => "9 of class c037 on ${facts['networking']['hostname']}",
  }
  notify { 'c037 10':
    message => "10 of class c037 on ${facts['networking']['hostname']}",
  }
}
