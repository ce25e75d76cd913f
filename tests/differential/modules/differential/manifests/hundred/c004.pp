# Ten resources.
class differential::hundred::c004 {
  notify { 'c004 1':
    message => "1 of class c004 on ${facts['networking']['hostname']}",
  }
  notify { 'c004 2':
    message => "2 of class c004 on ${facts['networking']['hostname']}",
  }
  notify { 'c004 3':
    message => "3 of class c004 on ${facts['networking']['hostname']}",
  }
  notify { 'c004 4':
    message => "4 of class c004 on ${facts['networking']['hostname']}",
  }
  notify { 'c004 5':
    message => "5 of class c004 on ${facts['networking']['hostname']}",
  }
  notify { 'c004 6':
    message => "6 of class c004 on ${facts['networking']['hostname']}",
  }
  notify { 'c004 7':
    message => "7 of class c004 on ${facts['networking']['hostname']}",
  }
  notify { 'c004 8':
    message => "8 of class c004 on ${facts['networking']['hostname']}",
  }
  notify { 'c004 9':
    message => "9 of class c004 on ${facts['networking']['hostname']}",
  }
  notify { 'c004 10':
    message => "10 of class c004 on ${facts['networking']['hostname']}",
  }
}
