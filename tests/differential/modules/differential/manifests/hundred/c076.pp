# Ten resources.
class differential::hundred::c076 {
  notify { 'c076 1':
    message => "1 of class c076 on ${facts['networking']['hostname']}",
  }
  notify { 'c076 2':
    message => "2 of class c076 on ${facts['networking']['hostname']}",
  }
  notify { 'c076 3':
    message => "3 of class c076 on ${facts['networking']['hostname']}",
  }
  notify { 'c076 4':
    message => "4 of class c076 on ${facts['networking']['hostname']}",
  }
  notify { 'c076 5':
    message => "5 of class c076 on ${facts['networking']['hostname']}",
  }
  notify { 'c076 6':
    message => "6 of class c076 on ${facts['networking']['hostname']}",
  }
  notify { 'c076 7':
    message => "7 of class c076 on ${facts['networking']['hostname']}",
  }
  notify { 'c076 8':
    message => "8 of class c076 on ${facts['networking']['hostname']}",
  }
  notify { 'c076 9':
    message => "9 of class c076 on ${facts['networking']['hostname']}",
  }
  notify { 'c076 10':
    message => "10 of class c076 on ${facts['networking']['hostname']}",
  }
}
