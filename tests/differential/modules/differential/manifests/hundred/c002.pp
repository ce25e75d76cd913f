# Ten resources.
class differential::hundred::c002 {
  notify { 'c002 1':
    message => "1 of class c002 on ${facts['networking']['hostname']}",
  }
  notify { 'c002 2':
    message => "2 of class c002 on ${facts['networking']['hostname']}",
  }
  notify { 'c002 3':
    message => "3 of class c002 on ${facts['networking']['hostname']}",
  }
  notify { 'c002 4':
    message => "4 of class c002 on ${facts['networking']['hostname']}",
  }
  notify { 'c002 5':
    message => "5 of class c002 on ${facts['networking']['hostname']}",
  }
  notify { 'c002 6':
    message => "6 of class c002 on ${facts['networking']['hostname']}",
  }
  notify { 'c002 7':
    message => "7 of class c002 on ${facts['networking']['hostname']}",
  }
  notify { 'c002 8':
    message => "8 of class c002 on ${facts['networking']['hostname']}",
  }
  notify { 'c002 9':
    message => "9 of class c002 on ${facts['networking']['hostname']}",
  }
  notify { 'c002 10':
    message => "10 of class c002 on ${facts['networking']['hostname']}",
  }
}
