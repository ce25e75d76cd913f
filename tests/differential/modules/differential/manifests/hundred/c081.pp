# Ten resources.
class differential::hundred::c081 {
  notify { 'c081 1':
    message => "1 of class c081 on ${facts['networking']['hostname']}",
  }
  notify { 'c081 2':
    message => "2 of class c081 on ${facts['networking']['hostname']}",
  }
  notify { 'c081 3':
    message => "3 of class c081 on ${facts['networking']['hostname']}",
  }
  notify { 'c081 4':
    message => "4 of class c081 on ${facts['networking']['hostname']}",
  }
  notify { 'c081 5':
    message => "5 of class c081 on ${facts['networking']['hostname']}",
  }
  notify { 'c081 6':
    message => "6 of class c081 on ${facts['networking']['hostname']}",
  }
  notify { 'c081 7':
    message => "7 of class c081 on ${facts['networking']['hostname']}",
  }
  notify { 'c081 8':
    message => "8 of class c081 on ${facts['networking']['hostname']}",
  }
  notify { 'c081 9':
    message => "9 of class c081 on ${facts['networking']['hostname']}",
  }
  notify { 'c081 10':
    message => "10 of class c081 on ${facts['networking']['hostname']}",
  }
}
