# Ten resources.
class differential::hundred::c100 {
  notify { 'c100 1':
    message => "1 of class c100 on ${facts['networking']['hostname']}",
  }
  notify { 'c100 2':
    message => "2 of class c100 on ${facts['networking']['hostname']}",
  }
  notify { 'c100 3':
    message => "3 of class c100 on ${facts['networking']['hostname']}",
  }
  notify { 'c100 4':
    message => "4 of class c100 on ${facts['networking']['hostname']}",
  }
  notify { 'c100 5':
    message => "5 of class c100 on ${facts['networking']['hostname']}",
  }
  notify { 'c100 6':
    message => "6 of class c100 on ${facts['networking']['hostname']}",
  }
  notify { 'c100 7':
    message => "7 of class c100 on ${facts['networking']['hostname']}",
  }
  notify { 'c100 8':
    message => "8 of class c100 on ${facts['networking']['hostname']}",
  }
  notify { 'c100 9':
    message => "9 of class c100 on ${facts['networking']['hostname']}",
  }
  notify { 'c100 10':
    message => "10 of class c100 on ${facts['networking']['hostname']}",
  }
}
