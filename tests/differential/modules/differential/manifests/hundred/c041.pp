# Ten resources.
class differential::hundred::c041 {
  notify { 'c041 1':
    message => "1 of class c041 on ${facts['networking']['hostname']}",
  }
  notify { 'c041 2':
    message => "2 of class c041 on ${facts['networking']['hostname']}",
  }
  notify { 'c041 3':
    message => "3 of class c041 on ${facts['networking']['hostname']}",
  }
  notify { 'c041 4':
    message => "4 of class c041 on ${facts['networking']['hostname']}",
  }
  notify { 'c041 5':
    message => "5 of class c041 on ${facts['networking']['hostname']}",
  }
  notify { 'c041 6':
    message => "6 of class c041 on ${facts['networking']['hostname']}",
  }
  notify { 'c041 7':
    message => "7 of class c041 on ${facts['networking']['hostname']}",
  }
  notify { 'c041 8':
    message => "8 of class c041 on ${facts['networking']['hostname']}",
  }
  notify { 'c041 9':
    message => "9 of class c041 on ${facts['networking']['hostname']}",
  }
  notify { 'c041 10':
    message => "10 of class c041 on ${facts['networking']['hostname']}",
  }
}
