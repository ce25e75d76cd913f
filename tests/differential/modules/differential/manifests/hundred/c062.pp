# Ten resources.
class differential::hundred::c062 {
  notify { 'c062 1':
    message => "1 of class c062 on ${facts['networking']['hostname']}",
  }
  notify { 'c062 2':
    message => "2 of class c062 on ${facts['networking']['hostname']}",
  }
  notify { 'c062 3':
    message => "3 of class c062 on ${facts['networking']['hostname']}",
  }
  notify { 'c062 4':
    message => "4 of class c062 on ${facts['networking']['hostname']}",
  }
  notify { 'c062 5':
    message => "5 of class c062 on ${facts['networking']['hostname']}",
  }
  notify { 'c062 6':
    message => "6 of class c062 on ${facts['networking']['hostname']}",
  }
  notify { 'c062 7':
    message => "7 of class c062 on ${facts['networking']['hostname']}",
  }
  notify { 'c062 8':
    message => "8 of class c062 on ${facts['networking']['hostname']}",
  }
  notify { 'c062 9':
    message => "9 of class c062 on ${facts['networking']['hostname']}",
  }
  notify { 'c062 10':
    message => "10 of class c062 on ${facts['networking']['hostname']}",
  }
}
