# Ten resources.
class differential::hundred::c014 {
  notify { 'c014 1':
    message => "1 of class c014 on ${facts['networking']['hostname']}",
  }
  notify { 'c014 2':
    message => "2 of class c014 on ${facts['networking']['hostname']}",
  }
  notify { 'c014 3':
    message => "3 of class c014 on ${facts['networking']['hostname']}",
  }
  notify { 'c014 4':
    message => "4 of class c014 on ${facts['networking']['hostname']}",
  }
  notify { 'c014 5':
    message => "5 of class c014 on ${facts['networking']['hostname']}",
  }
  notify { 'c014 6':
    message => "6 of class c014 on ${facts['networking']['hostname']}",
  }
  notify { 'c014 7':
    message => "7 of class c014 on ${facts['networking']['hostname']}",
  }
  notify { 'c014 8':
    message => "8 of class c014 on ${facts['networking']['hostname']}",
  }
  notify { 'c014 9':
    message => "9 of class c014 on ${facts['networking']['hostname']}",
  }
  notify { 'c014 10':
    message => "10 of class c014 on ${facts['networking']['hostname']}",
  }
}
